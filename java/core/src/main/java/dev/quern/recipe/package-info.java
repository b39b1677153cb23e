/**
 * Recipes: training settings that were tested on a data set, or are chosen from the properties of a
 * new data set.
 */
@NullMarked
package dev.quern.recipe;

import org.jspecify.annotations.NullMarked;
