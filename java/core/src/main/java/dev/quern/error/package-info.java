/** Typed, unchecked exceptions. All of them extend {@link dev.quern.error.QuernException}. */
package dev.quern.error;
