/** Readers of the tables of native libraries, and what ours must say in them. */
package dev.quern.tests.binaries;
