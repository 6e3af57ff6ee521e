# The course for one person, in a container. Your copy of it stays in the folder my_course outside.
#   docker build -t tokenlab .
#   docker run --rm -p 127.0.0.1:8888:8888 -v "$PWD/my_course:/home/learner/my_course" tokenlab
# It prints the address to open. On Linux, make my_course first, and let user 1000 write there.
# A hub for a class: deploy/hub/Dockerfile.
FROM python:3.13-slim

RUN useradd --create-home --uid 1000 learner
COPY requirements.lock /tmp/
RUN pip install --no-cache-dir --no-compile --require-hashes --no-deps -r /tmp/requirements.lock

COPY . /srv/course
ENV PYTHONPATH=/srv/course \
    JUPYTER_PREFER_ENV_PATH=1
USER learner
WORKDIR /home/learner
# Inside it must listen on every address; `docker run` opens the port to this machine alone.
CMD ["python", "-m", "tokenlab.teach.launch", "/srv/course", "/home/learner/my_course", "--no-browser", "--ip=0.0.0.0"]
