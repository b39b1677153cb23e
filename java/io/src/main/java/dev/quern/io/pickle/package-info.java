/**
 * A safe reader of pickles of plain data and of the objects of a {@link
 * dev.quern.io.pickle.Vocabulary}. A pickle is a program; only operations that create such data are
 * executed.
 */
package dev.quern.io.pickle;
