/**
 * A safe reader of pickles of plain data and of the objects of a {@link
 * dev.quern.io.pickle.Vocabulary}. A pickle is a program; these classes execute only the operations
 * that create such data.
 */
package dev.quern.io.pickle;
