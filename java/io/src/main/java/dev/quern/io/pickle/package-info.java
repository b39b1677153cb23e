/**
 * Pickles of plain data and NumPy uint8 arrays, and of nothing else: a pickle is a program, and
 * these classes run only the part of its language that builds such data.
 */
package dev.quern.io.pickle;
