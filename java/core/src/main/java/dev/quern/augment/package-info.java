/**
 * Data augmentation: random changes of training images, different in every epoch, and mixing of the
 * samples of a batch.
 */
@NullMarked
package dev.quern.augment;

import org.jspecify.annotations.NullMarked;
