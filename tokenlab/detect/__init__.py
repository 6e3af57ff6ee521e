"""Detection rules in the field's own languages: Sigma in and out, and what SIEMs are asked with.

All of this is done by pySigma and its backends, the course's extra ``detect``.
"""

from tokenlab.detect.languages import in_languages
from tokenlab.detect.sigma_rule import SigmaRule, sigma
from tokenlab.detect.writing import to_sigma

__all__ = ["SigmaRule", "sigma", "to_sigma", "in_languages"]
