// Answers for the instruction CPUID where a library has an illegal one (ud2) in its place; see without-vnni.sh.
#define _GNU_SOURCE
#include <cpuid.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

static const unsigned features = 7; // the leaf
static int no_vnni, no_avx512;

static void hide(unsigned leaf, unsigned part, unsigned* a, unsigned* b, unsigned* c, unsigned* d) {
  if (leaf == features && part == 0 && no_vnni) {
    *c &= ~(1u << 11);                         // AVX-512 VNNI
    *d &= ~(1u << 22 | 1u << 24 | 1u << 25);   // AMX: BF16, tiles, INT8
  }
  if (leaf == features && part == 0 && no_avx512) {
    *b &= ~(1u << 16 | 1u << 17 | 1u << 21 | 1u << 28 | 1u << 30 | 1u << 31); // F, DQ, IFMA, CD, BW, VL
    *c &= ~(1u << 1 | 1u << 6 | 1u << 12 | 1u << 14);                         // VBMI, VBMI2, BITALG, VPOPCNTDQ
  }
  if (leaf == features && part == 1 && no_vnni) {
    *a &= ~(1u << 4 | 1u << 5 | 1u << 21); // AVX-VNNI, AVX-512 BF16, AMX FP16
    *d = 0;                                // AVX-VNNI-INT8 and the like
  }
}

static void answer(int number, siginfo_t* info, void* context) {
  (void)info;
  greg_t* registers = ((ucontext_t*)context)->uc_mcontext.gregs;
  const unsigned char* code = (const unsigned char*)registers[REG_RIP];
  Dl_info place;
  int patched = dladdr(code, &place) != 0 && strstr(place.dli_fname, "libonnxruntime.so") != NULL;
  if (!patched || code[0] != 0x0f || code[1] != 0x0b) {
    signal(number, SIG_DFL); // a real one: it happens again, and ends the process
    return;
  }

  unsigned a, b, c, d;
  unsigned leaf = (unsigned)registers[REG_RAX], part = (unsigned)registers[REG_RCX];
  __cpuid_count(leaf, part, a, b, c, d);
  hide(leaf, part, &a, &b, &c, &d);
  registers[REG_RAX] = a;
  registers[REG_RBX] = b;
  registers[REG_RCX] = c;
  registers[REG_RDX] = d;
  registers[REG_RIP] += 2;
}

__attribute__((constructor)) static void install(void) {
  const char* processor = getenv("TACIT_PROCESSOR");
  no_avx512 = processor != NULL && strcmp(processor, "avx2") == 0;
  no_vnni = no_avx512 || (processor != NULL && strcmp(processor, "avx512") == 0);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = answer;
  action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
  sigaction(SIGILL, &action, NULL);
}
