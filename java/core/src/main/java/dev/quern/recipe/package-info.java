/**
 * Training settings: tested ones for known data sets, and settings derived from the properties of a
 * new data set.
 */
@NullMarked
package dev.quern.recipe;

import org.jspecify.annotations.NullMarked;
