package dev.quern.augment;

/**
 * What is done at random to each image of a training set, anew in every epoch, before it is seen.
 * What is drawn depends on the trainer's seed, the epoch and the image only, so that a run is the
 * same for any number of threads and when it is resumed. Immutable.
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
