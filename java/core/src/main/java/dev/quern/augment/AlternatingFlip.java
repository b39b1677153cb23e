package dev.quern.augment;

/**
 * Swaps an image's left and right in every other epoch. Half of the images, which the trainer's
 * seed chooses, begin as they are, the others begin mirrored; then they take turns, so that two
 * epochs show both views of each image. Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU",
 * 2024.
 */
public record AlternatingFlip() implements Augmentation {}
