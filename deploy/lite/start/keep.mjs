// A worker of its own, and a short life: it keeps Python as it is after the imports, so that the next start is shorter.

import { keep } from "./python.mjs";

keep().then(() => postMessage({ kept: true }), (error) => postMessage({ kept: false, why: String(error) }));
