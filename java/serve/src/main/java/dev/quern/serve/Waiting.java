package dev.quern.serve;

/**
 * A question that waits.
 *
 * @param kind equal ones may run together
 * @param since by {@link System#nanoTime}
 * @param until when it is to be begun
 */
record Waiting<Q>(Q question, Object kind, int samples, Pending answer, long since, long until) {}
