/** Commands that measure and check: {@code quern info}, {@code bench}, {@code gradcheck}. */
package dev.quern.cli.check;
