package dev.quern.report;

import dev.quern.data.MultiDataset;
import dev.quern.error.NotFoundException;
import dev.quern.internal.arguments.Require;
import dev.quern.report.live.Insight;
import dev.quern.report.live.OtherRuns;
import dev.quern.report.live.Progress;
import dev.quern.report.live.Server;
import dev.quern.report.live.State;
import dev.quern.report.page.LiveView;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A live web page of a training run, for a browser on the same machine: curves, speed, remaining
 * time, gradient norms, predictions for samples, other runs for comparison, and a button that stops
 * the run as {@link Trainer#stop} does. The server listens only on the loopback address. It rejects
 * requests from pages of other sites, and requests with other host names. The button needs the
 * token in {@link #address}. Gradient norms and predictions each take at most 0.5 % of the training
 * time. Use one instance per trainer. The server is in {@code quern-serve}, an optional dependency
 * of {@code quern-report}; the application must add {@code quern-serve}.
 *
 * <pre>{@code
 * try (LivePage page = new LivePage(trainer, 0, "lenet", null, null, null)) {
 *   System.out.println(page.address());
 *   trainer.fit(train, 5, page);
 * }
 * }</pre>
 */
public final class LivePage implements TrainingListener, AutoCloseable {
  private static final String OPERATION = "live page";
  private static final int SAMPLES = 16;

  private final Progress progress = new Progress();
  private final Insight insight;
  private final Server server;

  /**
   * Starts the server.
   *
   * @param port the port to listen on; 0 for a free port
   * @param title the title of the page
   * @param samplesOrNull samples, the first 16 of which are shown with their predictions; null for
   *     none
   * @param runsOrNull the folder with the folders of other runs; null for none. The newest seven
   *     runs are shown
   * @param ownOrNull the folder of this run, which is excluded from the other runs
   * @throws dev.quern.error.InvalidArgumentException if the port is not valid
   * @throws dev.quern.error.FileAccessException if the port is in use
   * @throws NotFoundException if the module quern-serve is missing
   */
  public LivePage(
      Trainer trainer,
      int port,
      String title,
      @Nullable MultiDataset samplesOrNull,
      @Nullable Path runsOrNull,
      @Nullable Path ownOrNull) {
    Require.present(OPERATION, "trainer", trainer);
    Require.present(OPERATION, "title", title);
    MultiDataset few =
        samplesOrNull == null
            ? null
            : samplesOrNull.slice(0, Math.min(SAMPLES, samplesOrNull.size()));
    insight = new Insight(trainer, few);
    State state = new State(title, progress, insight, new OtherRuns(runsOrNull, ownOrNull));
    server = serve(port, LiveView.of(title), state::json, trainer::stop);
  }

  private static Server serve(int port, String page, Supplier<String> data, Runnable stop) {
    try {
      return new Server(port, page, data, stop);
    } catch (NoClassDefFoundError e) {
      throw new NotFoundException(
          OPERATION
              + ": the server requires the module quern-serve, which is missing: "
              + e.getMessage());
    }
  }

  /**
   * Returns the URL to open in a browser. The part after the {@code #} is the token that the button
   * needs.
   */
  public String address() {
    return server.address();
  }

  @Override
  public void onBegin() {
    progress.begin();
  }

  @Override
  public void onStep(Step step) {
    progress.add(Require.present(OPERATION, "step", step));
    insight.step();
  }

  @Override
  public void onEpoch(History.Epoch epoch) {
    progress.add(Require.present(OPERATION, "epoch", epoch));
    insight.epoch(epoch.epoch());
  }

  @Override
  public void onEnd(History.@Nullable StopReason stopReasonOrNull) {
    progress.end(stopReasonOrNull);
  }

  /** Stops the server; further calls have no effect. */
  @Override
  public void close() {
    server.close();
  }
}
