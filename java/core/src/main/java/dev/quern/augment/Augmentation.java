package dev.quern.augment;

/**
 * Random augmentation of each training image, drawn again in every epoch. Reproducible: the draw
 * depends only on the trainer's seed, the epoch and the image, so a run is the same for any number
 * of threads and when it is resumed. Immutable.
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
