package dev.quern.serve.http;

import java.time.Duration;

/**
 * What clients may take.
 *
 * @param bodyBytes of a request
 * @param time for a request's body, and twice that for its head and for taking an answer
 * @param connections at once; more are closed
 * @param budget of memory that all requests share
 */
public record Limits(long bodyBytes, Duration time, int connections, Budget budget) {}
