/**
 * Files of every format that Quern reads, damaged with regard to their structure. A case's bytes
 * are the decisions on the way: which format, which file to begin with, what is done to it.
 */
package dev.quern.fuzz.files;
