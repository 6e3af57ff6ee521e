// Runs compile_wheels.py in Pyodide itself, the only Python here of the right version.
// node compile_wheels.mjs FOLDER_OF_PYODIDE_AND_WHEELS
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: `${folder}/` });
python.FS.mkdir("/wheels");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/wheels");
python.runPython(readFileSync(new URL("compile_wheels.py", import.meta.url), "utf-8"));
