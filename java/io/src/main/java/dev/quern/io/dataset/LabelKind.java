package dev.quern.io.dataset;

/**
 * The content of the column {@code label} in a list of images: {@link ImageFolderBuilder#labels}.
 */
public enum LabelKind {
  /** One class: the samples have labels. */
  CLASS,
  /**
   * Any number of classes separated by semicolons, {@code cat;dog}: the samples have targets {@code
   * [classes]}, which are 1 for these classes and 0 for others.
   */
  MULTI_LABEL,
  /** Numbers separated by semicolons, equally many in each line: the samples' targets. */
  NUMBERS
}
