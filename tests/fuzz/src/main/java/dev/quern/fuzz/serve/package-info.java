/**
 * A server under load: clients that know the right predictions beside clients that mean harm, and
 * what must hold throughout and afterwards.
 */
package dev.quern.fuzz.serve;
