package dev.quern.io.dataset;

/**
 * The kind of values in the column {@code label} of a list of images, see {@link
 * ImageFolderBuilder#labels}.
 */
public enum LabelKind {
  /** One class per image: the samples have labels. */
  CLASS,
  /**
   * Any number of classes per image, separated by semicolons, as in {@code cat;dog}: the samples
   * have targets {@code [classes]}, 1 for each class of the image and 0 for others.
   */
  MULTI_LABEL,
  /**
   * Numbers separated by semicolons, the same count in each line: the samples have these targets.
   */
  NUMBERS
}
