package dev.quern.cli.data;

import dev.quern.data.Image;
import dev.quern.error.QuernException;
import dev.quern.io.dataset.ImageFolder;
import dev.quern.tensor.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Properties of an image folder, derived from its file names and a few images.
 *
 * @param images number of training images
 * @param classes names of the subfolders
 * @param size median height and width
 * @param channels 1 if all images that were read are grayscale, otherwise 3
 * @param hasValidation whether the folder contains validation images
 */
public record FolderFacts(
    int images, List<String> classes, Size size, int channels, boolean hasValidation) {
  /** Maximum number of images to read for the properties. */
  private static final int READ = 24;

  /**
   * Returns the properties of a folder with one subfolder per class, either directly in the folder
   * or in its subfolder {@code train}.
   *
   * @param testPart fraction that is held out for testing if the folder has no test set
   * @return the properties; empty for folders with another structure
   */
  public static Optional<FolderFacts> of(Path folder, double testPart) {
    boolean divided = Files.isDirectory(folder.resolve("train"));
    Path root = divided ? folder.resolve("train") : folder;
    List<String> classes = folders(root);
    if (classes.size() < 2 || areMasked(classes)) {
      return Optional.empty();
    }
    List<Path> files;
    try {
      files = ImageFolder.files(root);
    } catch (QuernException e) {
      return Optional.empty(); // opening the folder reports the error
    }
    boolean tested = divided && Files.isDirectory(folder.resolve("test"));
    int images = (int) Math.max(1, Math.round(files.size() * (tested ? 1 : 1 - testPart)));
    List<Image> some = some(files);
    if (some.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new FolderFacts(
            images,
            classes,
            new Size(median(some, 1), median(some, 2)),
            some.stream().allMatch(i -> i.shape().dim(0) == 1) ? 1 : 3,
            divided && Files.isDirectory(folder.resolve("val"))));
  }

  /**
   * Returns whether a folder, or its subfolder {@code train}, has the subfolders images and masks.
   */
  public static boolean hasMasks(Path folder) {
    return areMasked(folders(folder)) || areMasked(folders(folder.resolve("train")));
  }

  private static boolean areMasked(List<String> folders) {
    return folders.contains("images") && folders.contains("masks");
  }

  private static List<String> folders(Path root) {
    try (Stream<Path> all = Files.list(root)) {
      return all.filter(p -> Files.isDirectory(p))
          .map(p -> p.getFileName().toString())
          .filter(n -> !n.startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of(); // opening the folder reports the error
    }
  }

  private static List<Image> some(List<Path> files) {
    List<Image> all = new ArrayList<>();
    int step = Math.max(1, files.size() / READ);
    for (int i = 0; i < files.size() && all.size() < READ; i += step) {
      try {
        all.add(Image.read(files.get(i)));
      } catch (QuernException e) {
        continue; // a broken file is reported when the folder is opened
      }
    }
    return all;
  }

  private static int median(List<Image> images, int axis) {
    return (int)
        images.stream().mapToLong(i -> i.shape().dim(axis)).sorted().toArray()[images.size() / 2];
  }
}
