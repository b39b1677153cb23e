/**
 * The attack on the API: sessions of random networks and calls, and every public method that
 * reflection finds, with arguments that nobody would pass on purpose.
 */
package dev.quern.fuzz.api;
