/**
 * Pickles of plain data and of the objects that a {@link dev.quern.io.pickle.Vocabulary} has: a
 * pickle is a program, and these classes run only the part of its language that builds such data.
 */
package dev.quern.io.pickle;
