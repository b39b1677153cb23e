package dev.quern.fuzz;

/** An attack that runs in a child JVM, case by case. All that a case does follows from its seed. */
public interface Attack {
  /** What went wrong without an end of the process. */
  final class Finding extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Kind kind;
    private final String sort;

    /**
     * Something wrong, told from others by where it was found.
     *
     * @param text what was done, what came of it, and what should have
     */
    public Finding(String text, Throwable cause) {
      super(text, cause);
      kind = Kind.WRONG;
      sort = "";
    }

    /**
     * @param sort what tells it from findings that are made at the same place
     */
    public Finding(Kind kind, String sort, String text) {
      super(text);
      this.kind = kind;
      this.sort = sort;
    }

    Kind kind() {
      return kind;
    }

    String sort() {
      return sort;
    }
  }

  /**
   * Runs one case. What may come of it is an answer or a {@link dev.quern.error.QuernException},
   * which the case catches itself.
   *
   * @param seed of this case alone
   * @throws Finding if something is accepted that should not be, with the case's text
   * @throws Exception for an untyped error
   */
  void run(long seed) throws Exception;

  /**
   * What makes the case again without its seed, to be kept beside a finding, as an input file;
   * empty for none.
   */
  default byte[] input() {
    return new byte[0];
  }
}
