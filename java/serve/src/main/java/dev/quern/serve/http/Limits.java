package dev.quern.serve.http;

import java.time.Duration;

/**
 * What clients may take.
 *
 * @param bodyBytes of a request
 * @param time from a request's first byte to its last, and twice that for taking an answer and
 *     until the next request; an answer is there within twice that as well
 * @param waiting from a request's last byte until the server works on it, which includes reading it
 * @param connections at once; more are closed. Fewer where the process may open fewer files
 * @param budget of memory that all requests share
 */
public record Limits(
    long bodyBytes, Duration time, Duration waiting, int connections, Budget budget) {}
