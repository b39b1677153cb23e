package dev.quern.serve.http;

import java.time.Duration;

/**
 * Limits for clients.
 *
 * @param bodyBytes size of a request's body
 * @param time time from a request's first byte to its last; twice that applies to receiving a
 *     response, to the pause until the next request, and to computing a response
 * @param waiting time from a request's last byte until the server works on it, including reading it
 * @param connections number of connections; more are closed. Fewer if the process may open fewer
 *     files
 * @param budget of memory that all requests share
 */
public record Limits(
    long bodyBytes, Duration time, Duration waiting, int connections, Budget budget) {}
