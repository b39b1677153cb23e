/** Strict JSON: every key is known, of its kind and there once, and nothing nests deep. */
package dev.quern.io.json;
