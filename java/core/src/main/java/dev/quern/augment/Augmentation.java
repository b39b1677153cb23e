package dev.quern.augment;

/**
 * A random augmentation of each training image, drawn again in every epoch. Reproducible: the draw
 * depends only on the trainer's seed, the epoch and the image, so results are identical for any
 * number of threads and in a resumed run. Immutable.
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
