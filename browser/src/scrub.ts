/** Nothing personal leaves: the twin of Python's `tallow.scrub`, by the same rules and vectors. */

export { containsPii, explain, sanitizeProps, scrubObject, scrubPii, scrubUrl } from "./scrub/engine";
