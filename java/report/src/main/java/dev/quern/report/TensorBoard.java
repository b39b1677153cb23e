package dev.quern.report;

import dev.quern.internal.arguments.Require;
import dev.quern.io.file.FileErrors;
import dev.quern.report.measure.Epochs;
import dev.quern.report.measure.EventRecord;
import dev.quern.train.History;
import dev.quern.train.TrainingListener;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A training listener that writes scalars for TensorBoard: {@code loss} and {@code lr} at each
 * step; {@code epoch/NAME} and {@code validation/NAME} at the last step of each epoch. Each call of
 * fit creates a file {@code events.out.tfevents.TIME.quern} in the folder; if the process is
 * killed, the file is complete up to the last completed epoch. Use an instance for one trainer at a
 * time.
 */
public final class TensorBoard implements TrainingListener {
  private static final String OPERATION = "tensorboard";

  private final Path folder;
  private @Nullable OutputStream out;
  private long step;

  /**
   * Creates a listener.
   *
   * @param folder the folder for the event files; created if missing when training begins
   */
  public TensorBoard(Path folder) {
    this.folder = Require.present(OPERATION, "folder", folder);
  }

  /**
   * Opens an event file.
   *
   * @throws dev.quern.error.FileAccessException if the folder cannot be written to
   */
  @Override
  public void onBegin() {
    try {
      Files.createDirectories(folder);
      long millis = System.currentTimeMillis();
      Path file;
      do {
        file =
            folder.resolve(
                String.format(
                    Locale.ROOT,
                    "events.out.tfevents.%010d.%03d.quern",
                    millis / 1000,
                    millis % 1000));
        millis++;
      } while (Files.exists(file));
      // a stream, since an interrupt closes a channel
      out = new BufferedOutputStream(new FileOutputStream(file.toFile()));
      write(EventRecord.version());
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, folder, e);
    }
  }

  @Override
  public void onStep(Step s) {
    Require.present(OPERATION, "step", s);
    step = (s.epoch() - 1L) * s.steps() + s.step();
    scalar("loss", s.loss());
    scalar("lr", s.lr());
  }

  @Override
  public void onEpoch(History.Epoch epoch) {
    Require.present(OPERATION, "epoch", epoch);
    scalar("epoch/loss", epoch.loss());
    if (!Double.isNaN(epoch.accuracy())) {
      scalar("epoch/accuracy", epoch.accuracy());
    }
    scalar("epoch/images_per_second", epoch.imagesPerSecond());
    Epochs.of(epoch, 0).validation().forEach((name, v) -> scalar("validation/" + name, v));
    try {
      if (out != null) {
        out.flush();
      }
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, folder, e);
    }
  }

  @Override
  public void onEnd(History.@Nullable StopReason stopReasonOrNull) {
    try {
      if (out != null) {
        out.close();
        out = null;
      }
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, folder, e);
    }
  }

  private void scalar(String tag, double value) {
    try {
      write(EventRecord.scalar(System.currentTimeMillis() * 1e-3, step, tag, (float) value));
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, folder, e);
    }
  }

  private void write(byte[] event) throws IOException {
    if (out != null) {
      out.write(event);
    }
  }
}
