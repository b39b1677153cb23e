package dev.quern.augment;

/**
 * Applies one random operation from a set of 14 to each image, with a random strength, as
 * torchvision's {@code TrivialAugmentWide} with 31 strengths and bilinear interpolation. Müller and
 * Hutter, "TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation", 2021.
 */
public record TrivialAugment() implements Augmentation {}
