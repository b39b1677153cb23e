/** Requests and answers as they are on the wire; not exported. */
@org.jspecify.annotations.NullMarked
package dev.quern.serve.http;
