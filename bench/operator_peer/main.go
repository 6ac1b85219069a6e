// The peer of our operator: a minimal one of controller-runtime over the same TranscodeJobs.
//
// It walks the same states: one Job a step by server-side apply, one status write a state. It reads
// no reports, keeps no finalizer, elects no leader and has no metrics. Its clients are not throttled.
package main

import (
	"context"
	"os"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	applybatch "k8s.io/client-go/applyconfigurations/batch/v1"
	applycore "k8s.io/client-go/applyconfigurations/core/v1"
	applymeta "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/go-logr/logr/funcr"
)

const workers = 16

// The steps in their order, and what the status says while one of them runs.
var steps = []struct{ name, state string }{
	{"probe", "Probing"}, {"encode", "Encoding"}, {"publish", "Verifying"},
}

// TranscodeJob holds the fields that are looked at; the API server keeps the others.
type TranscodeJob struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              Spec   `json:"spec,omitempty"`
	Status            Status `json:"status,omitempty"`
}

type Spec struct {
	Suspend bool `json:"suspend,omitempty"`
}

type Status struct {
	ObservedGeneration int64              `json:"observedGeneration,omitempty"`
	Conditions         []metav1.Condition `json:"conditions,omitempty"`
}

type TranscodeJobList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []TranscodeJob `json:"items"`
}

func (j *TranscodeJob) DeepCopyObject() runtime.Object {
	out := *j
	out.ObjectMeta = *j.ObjectMeta.DeepCopy()
	out.Status.Conditions = append([]metav1.Condition(nil), j.Status.Conditions...)
	return &out
}

func (l *TranscodeJobList) DeepCopyObject() runtime.Object {
	out := *l
	out.Items = make([]TranscodeJob, len(l.Items))
	for i := range l.Items {
		out.Items[i] = *l.Items[i].DeepCopyObject().(*TranscodeJob)
	}
	return &out
}

type reconciler struct{ client.Client }

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var job TranscodeJob
	if err := r.Get(ctx, request.NamespacedName, &job); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	state, err := r.advance(ctx, &job)
	if err != nil {
		return ctrl.Result{}, err
	}
	return ctrl.Result{}, r.say(ctx, &job, state)
}

// advance makes the Job of the step that is next, unless it is there, and names the state.
func (r *reconciler) advance(ctx context.Context, job *TranscodeJob) (string, error) {
	if job.Spec.Suspend {
		return "Suspended", nil
	}
	for _, step := range steps {
		var found batchv1.Job
		key := client.ObjectKey{Namespace: job.Namespace, Name: job.Name + "-" + step.name}
		err := r.Get(ctx, key, &found)
		if client.IgnoreNotFound(err) != nil {
			return "", err
		}
		if err != nil {
			return step.state, r.apply(ctx, job, step.name)
		}
		if !complete(&found) {
			return step.state, nil
		}
	}
	return "Complete", nil
}

func complete(job *batchv1.Job) bool {
	for _, said := range job.Status.Conditions {
		if said.Type == batchv1.JobComplete && said.Status == corev1.ConditionTrue {
			return true
		}
	}
	return false
}

func (r *reconciler) apply(ctx context.Context, job *TranscodeJob, step string) error {
	owner := applymeta.OwnerReference().WithAPIVersion(group.String()).WithKind("TranscodeJob").
		WithName(job.Name).WithUID(job.UID).WithController(true)
	labels := map[string]string{"streamverse.io/step": step, "streamverse.io/owner": job.Name}
	pod := applycore.PodTemplateSpec().WithLabels(labels).WithSpec(applycore.PodSpec().
		WithRestartPolicy(corev1.RestartPolicyNever).
		WithContainers(applycore.Container().WithName("media").WithImage("none")))
	spec := applybatch.JobSpec().WithTemplate(pod)
	if step == "encode" {
		spec = spec.WithCompletionMode(batchv1.IndexedCompletion).WithCompletions(1)
	}
	child := applybatch.Job(job.Name+"-"+step, job.Namespace).WithLabels(labels).
		WithOwnerReferences(owner).WithSpec(spec)
	return r.Client.Apply(ctx, child, client.FieldOwner("peer"), client.ForceOwnership)
}

// say writes the status if it says something new.
func (r *reconciler) say(ctx context.Context, job *TranscodeJob, state string) error {
	ready := metav1.Condition{
		Type: "Ready", Status: metav1.ConditionFalse, Reason: state, Message: state,
		ObservedGeneration: job.Generation,
	}
	if state == "Complete" {
		ready.Status = metav1.ConditionTrue
	}
	if !meta.SetStatusCondition(&job.Status.Conditions, ready) {
		return nil
	}
	job.Status.ObservedGeneration = job.Generation
	return r.Status().Update(ctx, job)
}

var group = schema.GroupVersion{Group: "streamverse.io", Version: "v1alpha1"}

func main() {
	// Errors alone: what a tuned operator would write.
	log.SetLogger(funcr.New(func(_, said string) { println(said) }, funcr.Options{Verbosity: -1}))
	if err := run(); err != nil {
		println(err.Error())
		os.Exit(1)
	}
}

func run() error {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	config.QPS, config.Burst = -1, -1
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, group)
	scheme.AddKnownTypes(group, &TranscodeJob{}, &TranscodeJobList{})
	if err := batchv1.AddToScheme(scheme); err != nil {
		return err
	}
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme: scheme, Metrics: server.Options{BindAddress: "0"},
	})
	if err != nil {
		return err
	}
	err = ctrl.NewControllerManagedBy(manager).
		For(&TranscodeJob{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Owns(&batchv1.Job{}).
		WithOptions(controller.Options{MaxConcurrentReconciles: workers}).
		Complete(&reconciler{manager.GetClient()})
	if err != nil {
		return err
	}
	return manager.Start(ctrl.SetupSignalHandler())
}
