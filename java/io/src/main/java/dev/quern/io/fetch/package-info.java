/**
 * The parts of a download: a partial file, one transfer into it, and the unpacking of what came.
 */
package dev.quern.io.fetch;
