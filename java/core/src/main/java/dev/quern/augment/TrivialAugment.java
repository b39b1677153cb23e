package dev.quern.augment;

/**
 * Changes each image by one of 14 operations, of a strength that is drawn. torchvision's {@code
 * TrivialAugmentWide} with 31 strengths, bilinear. Müller and Hutter, "TrivialAugment: Tuning-free
 * Yet State-of-the-Art Data Augmentation", 2021.
 */
public record TrivialAugment() implements Augmentation {}
