/**
 * Opening, reading and atomic replacement of files, and conversion of their errors to typed
 * exceptions.
 */
package dev.quern.io.file;
