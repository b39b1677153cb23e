/**
 * Augmentation of training images: what is done to each of them at random, anew in every epoch, and
 * how the samples of a batch are mixed.
 */
@NullMarked
package dev.quern.augment;

import org.jspecify.annotations.NullMarked;
