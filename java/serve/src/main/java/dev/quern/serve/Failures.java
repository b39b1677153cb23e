package dev.quern.serve;

import dev.quern.error.ClosedException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.PlanLimitException;
import dev.quern.error.ShapeException;
import dev.quern.serve.http.HttpError;
import dev.quern.serve.http.Log;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/**
 * Maps exceptions to error responses. Internal errors are logged; their details are not sent to
 * clients.
 */
final class Failures {
  private Failures() {}

  static HttpError error(Throwable thrown) {
    Throwable e =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (e instanceof HttpError error) {
      return error;
    }
    if (e instanceof OverloadedException) {
      return new HttpError(429, e.getMessage());
    }
    if (e instanceof DeadlineException) {
      return new HttpError(503, e.getMessage());
    }
    if (e instanceof ClosedException || e instanceof CancellationException) {
      return new HttpError(503, "the model was removed");
    }
    if (e instanceof FormatException
        || e instanceof ShapeException
        || e instanceof InvalidArgumentException) {
      return new HttpError(400, e.getMessage());
    }
    if (e instanceof PlanLimitException) {
      return new HttpError(413, e.getMessage()); // a retry would not fit either
    }
    if (e instanceof MemoryLimitException || e instanceof VirtualMachineError) {
      Log.warn("serve: out of memory for a request", e);
      return new HttpError(503, "out of memory for the request");
    }
    Log.error("serve: a request failed", e);
    return new HttpError(500, "the request failed; see the server's log");
  }
}
