package dev.quern.io.folder;

import dev.quern.error.FormatException;
import dev.quern.internal.messages.FileReason;
import dev.quern.io.file.FileErrors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A search for images in a folder whose subfolders are named after classes or after train, val and
 * test. Links to folders are not followed, so the search terminates.
 */
public final class PictureTree {
  /**
   * The extensions of image formats that a reader may support; files with other extensions are
   * ignored.
   */
  private static final Set<String> ENDINGS =
      Set.of("png", "jpg", "jpeg", "jpe", "jfif", "bmp", "gif", "webp", "tif", "tiff");

  private final Path root;
  private final Links links;
  private final List<Picture> pictures = new ArrayList<>();
  private final List<Broken> broken = new ArrayList<>();
  private final Set<String> labels = new TreeSet<>();
  private final Map<String, Integer> notRead = new TreeMap<>();

  /** Whether the images have masks instead of labels. */
  private boolean isMasked;

  /** The parent of the folders of images and masks; null for images without masks. */
  private @Nullable Path masked;

  private PictureTree(Path root) throws IOException {
    this.root = root;
    links = new Links(root);
  }

  /**
   * Searches a folder. If all subfolders are named train, test, val, valid or validation, and one
   * is named train, these subfolders contain the class folders. Subfolders named images and masks
   * are not class folders.
   */
  public static PictureTree read(Path root) {
    try {
      PictureTree tree = new PictureTree(root);
      List<Path> folders = tree.subfolders(root);
      Set<String> names = names(folders);
      if (names.contains("train") && names.stream().allMatch(n -> Part.of(n).isPresent())) {
        tree.walkParts(folders);
      } else {
        tree.walkAll(root, folders, null);
      }
      return tree;
    } catch (IOException e) {
      throw FileErrors.of("image folder", root, e);
    }
  }

  /** Finds all images below a folder, which become one class. */
  public static PictureTree below(Path root) {
    try {
      Path start =
          Files.isSymbolicLink(root) ? root.toRealPath() : root; // a link is not a folder to search
      PictureTree tree = new PictureTree(start);
      tree.walk(start, null);
      return tree;
    } catch (IOException e) {
      throw FileErrors.of("image folder", root, e);
    }
  }

  private static Set<String> names(List<Path> folders) {
    return folders.stream().map(PictureTree::name).collect(Collectors.toCollection(TreeSet::new));
  }

  private void walkParts(List<Path> folders) throws IOException {
    for (Path folder : folders) {
      walkAll(folder, subfolders(folder), Part.of(name(folder)).orElseThrow());
    }
    for (Picture p : pictures) {
      if (isMasked && p.mask() == null) {
        throw new FormatException(
            OpenFolder.OP
                + ": "
                + p.file()
                + " must be in a folder \"images\" beside a folder \"masks\", as others are");
      }
    }
  }

  private void walkAll(Path folder, List<Path> subfolders, @Nullable Part part) throws IOException {
    if (MaskFiles.areIn(names(subfolders))) {
      isMasked = true;
      masked = folder;
      walk(folder.resolve(MaskFiles.IMAGES), part);
      masked = null;
      return;
    }
    for (Path of : subfolders) {
      walk(of, part);
    }
  }

  /** Returns whether the images have masks instead of labels. */
  public boolean isMasked() {
    return isMasked;
  }

  public List<Picture> pictures() {
    return pictures;
  }

  public List<Broken> broken() {
    return broken;
  }

  /** Returns the number of ignored files by extension, the most frequent first. */
  public Map<String, Integer> notRead() {
    Map<String, Integer> all = new LinkedHashMap<>();
    notRead.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .forEach(e -> all.put(e.getKey(), e.getValue()));
    return all;
  }

  /**
   * Returns whether a folder contains labeled images: at least two class subfolders, at least two
   * class subfolders in {@code train}, or images with masks.
   */
  public static boolean isAt(Path root) {
    try {
      PictureTree tree = new PictureTree(root);
      List<Path> folders = tree.subfolders(root);
      Set<String> names = names(folders);
      if (MaskFiles.areIn(names)) {
        return hasPicture(root.resolve(MaskFiles.IMAGES));
      }
      if (names.contains("train") && names.stream().allMatch(n -> Part.of(n).isPresent())) {
        return isAt(root.resolve("train"));
      }
      int classes = 0;
      for (Path folder : folders) {
        classes += classes < 2 && hasPicture(folder) ? 1 : 0;
      }
      return classes == 2;
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  private static boolean hasPicture(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.anyMatch(f -> isPicture(f) && !isHidden(f) && Files.isRegularFile(f));
    }
  }

  /** Returns the names of all classes, sorted, including classes without images. */
  public Set<String> labels() {
    return labels;
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private static boolean isHidden(Path file) {
    return name(file).startsWith(".");
  }

  private List<Path> subfolders(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> visible = all.filter(f -> !isHidden(f)).sorted().toList();
      visible.stream().filter(Files::isSymbolicLink).forEach(this::foundLink);
      return visible.stream().filter(f -> Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS)).toList();
    } catch (UncheckedIOException e) { // how the stream reports an error during iteration
      throw e.getCause();
    }
  }

  private void foundLink(Path link) {
    if (Files.isDirectory(link)) {
      broken.add(new Broken(link, "a link to a folder, which is not followed"));
    }
  }

  private void walk(Path folder, @Nullable Part part) throws IOException {
    String label = folder.equals(root) ? "" : name(folder);
    labels.add(label);
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a) {
            return !dir.equals(folder) && isHidden(dir)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
            found(file, a, label, part);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            broken.add(new Broken(file, FileReason.of(e)));
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void found(Path file, BasicFileAttributes a, String label, @Nullable Part part) {
    if (isHidden(file)) {
      return;
    }
    if (a.isSymbolicLink() && Files.isDirectory(file)) {
      foundLink(file);
      return;
    }
    if (!isPicture(file)) {
      notRead.merge(ending(file), 1, Integer::sum);
      return;
    }
    Path mask = masked == null ? null : MaskFiles.of(masked, file);
    String refusal = a.isRegularFile() ? null : links.refusal(file);
    String ofMask = mask == null ? null : links.refusal(mask);
    if (refusal == null && ofMask != null) {
      refusal = "mask " + mask + ": " + ofMask;
    }
    if (refusal != null) {
      broken.add(new Broken(file, refusal));
    } else {
      pictures.add(new Picture(file, relative(file), label, part, mask));
    }
  }

  private static boolean isPicture(Path file) {
    String ending = ending(file);
    return !ending.isEmpty() && ENDINGS.contains(ending.substring(1));
  }

  /**
   * Returns the file's extension in lower case, including the dot; empty if the name has no
   * extension.
   */
  private static String ending(Path file) {
    String name = name(file);
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot).toLowerCase(Locale.ROOT);
  }

  private String relative(Path file) {
    return root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
  }
}
