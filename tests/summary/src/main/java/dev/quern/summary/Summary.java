package dev.quern.summary;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What stands at the end of a build: the number of tests, those that were skipped with the reason,
 * and the coverage if it was measured.
 *
 * <p>{@code Summary ROOT START}, with the time at which the build began, {@code yyyyMMddHHmmss} in
 * UTC: reports of earlier builds do not count.
 */
public final class Summary {
  private Summary() {}

  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    new TestReports(args[1]).of(root).forEach(System.out::println);
    Coverage.of(root, args[1]).forEach(System.out::println);
  }

  /** Files below the folders {@code target} of the modules, none of them in a source folder. */
  static List<Path> find(Path root, Predicate<Path> wanted) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes a) {
            String name = folder.getFileName().toString();
            boolean isOther = name.equals("src") || name.equals("classes") || name.startsWith(".");
            return isOther && !folder.equals(root)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
            if (wanted.test(file)) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // another program's, and gone just now
          }
        });
    return found;
  }
}
