/* MPI with the handles and constants of the MPI 5 ABI, over MPICH: what training calls, strict about its arguments.
 * Requests are pointers of their own, so that a caller who keeps 32 bits of them fails. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef int64_t handle;
enum { bad_argument = 13, any_source = -1, mpich_any_source = -2, no_request = 0x180 };
struct request { int inner; };

static void *library;
static void *in_mpich(const char *name) {
  if (!library) library = dlopen("libmpich.so.12", RTLD_NOW | RTLD_LOCAL);
  void *found = library ? dlsym(library, name) : NULL;
  if (!found) {
    fprintf(stderr, "standard-abi: MPICH has no %s\n", name);
    abort();
  }
  return found;
}
#define MPICH(name, ...) ((int (*)(__VA_ARGS__))in_mpich(#name))

static int unknown(const char *what, handle value) {
  fprintf(stderr, "standard-abi: %s %#llx is no constant of MPI 5\n", what, (unsigned long long)value);
  abort();
}
static int comm(handle h) { return h == 0x101 ? 0x44000000 : unknown("communicator", h); }
static int type(handle h) {
  return h == 0x247 ? 0x4c00010d : h == 0x210 ? 0x4c00040a : h == 0x214 ? 0x4c00080b : unknown("type", h);
}
static int op(handle h) { return h == 0x21 ? 0x58000003 : unknown("operation", h); }
static void *in_place(handle h) { return h == 1 ? (void *)-1 : (void *)h; }
static void *ignored(handle h) { return h == 0 ? (void *)1 : (void *)(intptr_t)unknown("status", h); }
static handle keep(int inner) {
  struct request *r = malloc(sizeof *r);
  r->inner = inner;
  return (handle)r;
}

int MPI_Init_thread(void *argc, void *argv, int required, int *provided) {
  int level = required == 0 ? 0 : required == 1024 ? 1 : required == 2048 ? 2 : required == 4096 ? 3 : -1;
  if (level < 0) return bad_argument;
  int code = MPICH(MPI_Init_thread, void *, void *, int, int *)(argc, argv, level, provided);
  *provided = *provided == 0 ? 0 : 1024 << (*provided - 1);
  return code;
}
int MPI_Get_library_version(char *text, int *length) {
  *length = sprintf(text, "a library of the standard ABI");
  return 0;
}
int MPI_Comm_rank(handle c, int *rank) { return MPICH(MPI_Comm_rank, int, int *)(comm(c), rank); }
int MPI_Comm_size(handle c, int *size) { return MPICH(MPI_Comm_size, int, int *)(comm(c), size); }
int MPI_Iallreduce(handle from, void *to, int count, handle t, handle o, handle c, handle *request) {
  int inner;
  int code = MPICH(MPI_Iallreduce, void *, void *, int, int, int, int, int *)(in_place(from), to, count, type(t), op(o),
                                                                              comm(c), &inner);
  *request = keep(inner);
  return code;
}
int MPI_Ibcast(void *memory, int count, handle t, int root, handle c, handle *request) {
  int inner;
  int code = MPICH(MPI_Ibcast, void *, int, int, int, int, int *)(memory, count, type(t), root, comm(c), &inner);
  *request = keep(inner);
  return code;
}
int MPI_Isend(void *memory, int count, handle t, int to, int tag, handle c, handle *request) {
  int inner;
  int code = MPICH(MPI_Isend, void *, int, int, int, int, int, int *)(memory, count, type(t), to, tag, comm(c), &inner);
  *request = keep(inner);
  return code;
}
static int source(int from) { return from == any_source ? mpich_any_source : from; }
int MPI_Iprobe(int from, int tag, handle c, int *flag, handle status) {
  return MPICH(MPI_Iprobe, int, int, int, int *, void *)(source(from), tag, comm(c), flag, ignored(status));
}
int MPI_Recv(void *memory, int count, handle t, int from, int tag, handle c, handle status) {
  return MPICH(MPI_Recv, void *, int, int, int, int, int, void *)(memory, count, type(t), source(from), tag, comm(c),
                                                                  ignored(status));
}
int MPI_Test(handle *request, int *flag, handle status) {
  struct request *r = (struct request *)*request;
  if (*request == no_request) return *flag = 1, 0;
  int code = MPICH(MPI_Test, int *, int *, void *)(&r->inner, flag, ignored(status));
  if (*flag) {
    free(r);
    *request = no_request;
  }
  return code;
}
int MPI_Barrier(handle c) { return MPICH(MPI_Barrier, int)(comm(c)); }
int MPI_Abort(handle c, int code) { return MPICH(MPI_Abort, int, int)(comm(c), code); }
int MPI_Finalize(void) { return MPICH(MPI_Finalize, void)(); }
