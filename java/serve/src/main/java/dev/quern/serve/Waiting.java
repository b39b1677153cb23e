package dev.quern.serve;

/**
 * A request in the queue.
 *
 * @param kind the request's kind; requests of equal kinds may run in one batch
 * @param since the time of arrival, as a time of {@link System#nanoTime}
 * @param until the deadline before which its batch must start, as a time of {@link System#nanoTime}
 */
record Waiting<Q>(Q question, Object kind, int samples, Pending answer, long since, long until) {}
