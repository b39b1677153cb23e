package dev.quern.serve;

/**
 * A waiting request.
 *
 * @param kind the kind; requests of equal kinds may run together
 * @param since the time of arrival, by {@link System#nanoTime}
 * @param until the deadline for its start
 */
record Waiting<Q>(Q question, Object kind, int samples, Pending answer, long since, long until) {}
