package dev.quern.report.live;

import dev.quern.error.QuernException;
import dev.quern.report.data.EpochData;
import dev.quern.report.data.RunData;
import dev.quern.report.measure.RunFolders;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the epochs of other runs in a folder; rereads a run when its history changes. Thread-safe.
 */
public final class OtherRuns {
  private static final int MOST = 7;

  private record Kept(FileTime time, List<EpochData> epochs) {}

  private final @Nullable Path parent;
  private final @Nullable Path own;
  private final Map<Path, Kept> kept = new HashMap<>();

  /**
   * Creates the reader.
   *
   * @param parentOrNull the folder with the folders of runs; null for none
   * @param ownOrNull the folder of the current run, which is excluded
   */
  public OtherRuns(@Nullable Path parentOrNull, @Nullable Path ownOrNull) {
    parent = parentOrNull;
    own = ownOrNull;
  }

  /**
   * Returns the latest runs, sorted from the newest to the oldest by their names, which are dates;
   * empty if the folder cannot be read.
   */
  synchronized List<RunData> all() {
    List<RunData> all = new ArrayList<>();
    for (Path folder : folders()) {
      try {
        List<EpochData> epochs = epochs(folder.resolve("history.csv"));
        if (!epochs.isEmpty()) {
          all.add(RunData.ofEpochs(String.valueOf(folder.getFileName()), epochs, List.of()));
        }
      } catch (QuernException | IOException e) {
        // another process is writing the file, or has deleted it
      }
    }
    return all;
  }

  private List<Path> folders() {
    if (parent == null) {
      return List.of();
    }
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> in = Files.newDirectoryStream(parent)) {
      for (Path folder : in) {
        if (Files.isRegularFile(folder.resolve("history.csv"))
            && !Files.isSymbolicLink(folder)
            && (own == null || !folder.toAbsolutePath().equals(own.toAbsolutePath()))) {
          all.add(folder);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return List.of();
    }
    all.sort(Comparator.comparing(Path::getFileName).reversed());
    return all.subList(0, Math.min(MOST, all.size()));
  }

  private List<EpochData> epochs(Path history) throws IOException {
    FileTime time = Files.getLastModifiedTime(history);
    Kept known = kept.get(history);
    if (known == null || !known.time().equals(time)) {
      known = new Kept(time, RunFolders.epochs(history));
      kept.put(history, known);
    }
    return known.epochs();
  }
}
