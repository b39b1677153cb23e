package dev.quern.serve.http;

import java.time.Duration;

/**
 * Limits for clients.
 *
 * @param bodyBytes the largest body of a request
 * @param time the time from a request's first byte to its last; twice that time applies to
 *     receiving a response, to the pause until the next request, and to computing a response
 * @param waiting the time from a request's last byte until its computation starts, including
 *     parsing
 * @param connections the maximum number of connections, reduced if the process may open fewer
 *     files; further ones are closed
 * @param budget the memory that all requests share
 */
public record Limits(
    long bodyBytes, Duration time, Duration waiting, int connections, Budget budget) {}
