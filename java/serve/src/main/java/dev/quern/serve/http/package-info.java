/** The HTTP layer: connections, requests and responses; not exported. */
@org.jspecify.annotations.NullMarked
package dev.quern.serve.http;
