package dev.quern.serve.http;

import java.time.Duration;

/**
 * Limits for clients.
 *
 * @param bodyBytes the largest body of a request, in bytes
 * @param time the maximum time from a request's first byte to its last; twice that time is the
 *     limit for receiving a response, for the pause before the next request, and for computing a
 *     response
 * @param waiting the maximum time from a request's last byte until its computation starts,
 *     including parsing
 * @param connections the maximum number of connections, reduced if the process's limit of open
 *     files is too low; further connections are closed
 * @param budget the memory budget that all requests share
 */
public record Limits(
    long bodyBytes, Duration time, Duration waiting, int connections, Budget budget) {}
