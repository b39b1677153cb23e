/**
 * Training runs that are killed, stopped, starved and cheated by the parent, and what must be true
 * of them all the same.
 */
package dev.quern.fuzz.faults;
