package dev.quern.augment;

/**
 * A random augmentation of training images, with new random parameters for each image and epoch.
 * The parameters depend only on the trainer's seed, the epoch, the image and the augmentation's
 * position in the list, so results are identical for any number of threads and in a resumed run.
 * Immutable.
 *
 * @see dev.quern.train.TrainerBuilder#augment
 */
public sealed interface Augmentation
    permits RandomCrop,
        RandomHorizontalFlip,
        AlternatingFlip,
        RandomVerticalFlip,
        RandomResizedCrop,
        RandomRotation,
        RandomAffine,
        RandomPerspective,
        ColorJitter,
        RandomGrayscale,
        GaussianBlur,
        GaussianNoise,
        RandomErasing,
        Cutout,
        TrivialAugment,
        RandAugment,
        CustomAugmentation {}
