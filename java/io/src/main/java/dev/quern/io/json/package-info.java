/**
 * Strict JSON: unknown keys, duplicate keys, values of the wrong kind and deep nesting are
 * rejected.
 */
package dev.quern.io.json;
