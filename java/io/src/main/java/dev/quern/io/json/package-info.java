/**
 * Strict reading and writing of JSON: unknown keys, duplicate keys, values of the wrong type and
 * deep nesting are rejected.
 */
package dev.quern.io.json;
