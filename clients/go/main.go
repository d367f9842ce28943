// The story of ../story.md told by the official Go SDK.
package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	lark "github.com/larksuite/oapi-sdk-go/v3"
	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkapaas "github.com/larksuite/oapi-sdk-go/v3/service/apaas/v1"
)

const (
	manager = "1002"
	finance = "1003"
)

var decimal = regexp.MustCompile(`^[0-9]+$`)

// The story stops by a panic of this type when a later step could have no meaning.
type storyStopped struct{ step string }

type story struct {
	ctx      context.Context
	managed  *lark.Client
	explicit *lark.Client
	noScope  *lark.Client
	failures int
}

func main() {
	url := environment("SENDBACK_URL")
	appID, appSecret := environment("SENDBACK_APP_ID"), environment("SENDBACK_APP_SECRET")
	newClient := func(id, secret string, cache bool) *lark.Client {
		return lark.NewClient(id, secret,
			lark.WithOpenBaseUrl(url),
			lark.WithEnableTokenCache(cache),
			lark.WithLogLevel(larkcore.LogLevelError))
	}
	s := &story{
		ctx:      context.Background(),
		managed:  newClient(appID, appSecret, true),
		explicit: newClient(appID, appSecret, false),
		noScope:  newClient(environment("SENDBACK_NO_SCOPE_APP_ID"), environment("SENDBACK_NO_SCOPE_APP_SECRET"), true),
	}
	func() {
		defer func() {
			if problem := recover(); problem != nil {
				if stopped, ok := problem.(storyStopped); ok {
					problem = fmt.Sprintf("the story stops at %q", stopped.step)
				}
				s.check("the story runs to its end", false, fmt.Sprint(problem))
			}
		}()
		s.tell(appID, appSecret)
	}()
	if s.failures > 0 {
		os.Exit(1)
	}
}

func environment(name string) string {
	value := os.Getenv(name)
	if value == "" {
		fmt.Printf("not ok - %s is not set; run this through clients/run.mjs\n", name)
		os.Exit(1)
	}
	return value
}

func (s *story) tell(appID, appSecret string) {
	token := s.obtainToken(appID, appSecret)

	mainInstance := s.execute("execute main")
	otherInstance := s.execute("execute other")
	managerTask := s.waitForTask("manager task of main", manager, mainInstance, "")
	foreignTask := s.waitForTask("manager task of other", manager, otherInstance, "")
	s.agree("agree main", managerTask, manager)
	s.agree("agree other", foreignTask, manager)
	financeTask := s.waitForTask("finance task of main", finance, mainInstance, "")
	otherFinanceTask := s.waitForTask("finance task of other", finance, otherInstance, "")
	s.rollbackPoints(financeTask, managerTask)

	// With the token cache off and no token handed over, the SDK sends no Authorization header at all.
	s.refusal("missing token", s.rollback(s.explicit, rollbackRequest(financeTask, managerTask)), 99991661, nil)
	s.refusal("missing scope", s.rollback(s.noScope, rollbackRequest(financeTask, managerTask)), 99991672,
		func(resp *larkapaas.RollbackUserTaskResp) bool {
			for _, violation := range resp.Err.PermissionViolations {
				if violation.Subject == "app_engine:approval:write" {
					return true
				}
			}
			return false
		})
	withoutOpinion := larkapaas.NewRollbackUserTaskReqBuilder().
		TaskId(financeTask).
		Body(larkapaas.NewRollbackUserTaskReqBodyBuilder().
			OperatorUserId(finance).
			ToTaskId(managerTask).
			Build()).
		Build()
	s.refusal("missing field", s.rollback(s.managed, withoutOpinion), 99992402,
		func(resp *larkapaas.RollbackUserTaskResp) bool {
			for _, violation := range resp.Err.FieldViolations {
				if violation.Field == "opinion" {
					return true
				}
			}
			return false
		})
	s.refusal("foreign point", s.rollback(s.managed, rollbackRequest(financeTask, foreignTask)), 2320001, nil)

	rolledBack := s.rollback(s.explicit, rollbackRequest(financeTask, managerTask), larkcore.WithTenantAccessToken(token))
	s.needed("rollback", rolledBack.Success() && rolledBack.StatusCode == 200, rolledBack.ApiResp)

	afterwards := s.queryPending(finance)
	s.check("finance task is gone", afterwards.Success() && taskOf(afterwards, mainInstance, "") == "", describe(afterwards.ApiResp))
	newManagerTask := s.waitForTask("new manager task", manager, mainInstance, managerTask)
	s.refusal("stale task", s.rollback(s.managed, rollbackRequest(financeTask, managerTask)), 2320001, nil)

	s.agree("agree again", newManagerTask, manager)
	newFinanceTask := s.waitForTask("new finance task", finance, mainInstance, financeTask)
	s.agree("finish main", newFinanceTask, finance)
	s.agree("finish other", otherFinanceTask, finance)
}

func (s *story) obtainToken(appID, appSecret string) string {
	resp, err := s.explicit.GetTenantAccessTokenBySelfBuiltApp(s.ctx, &larkcore.SelfBuiltTenantAccessTokenReq{
		AppID:     appID,
		AppSecret: appSecret,
	})
	must(err)
	holds := resp.Success() && strings.HasPrefix(resp.TenantAccessToken, "t-") && resp.Expire > 180
	s.needed("explicit token", holds, resp.ApiResp)
	return resp.TenantAccessToken
}

func (s *story) execute(name string) string {
	resp, err := s.managed.Apaas.V1.ApplicationFlow.Execute(s.ctx, larkapaas.NewExecuteApplicationFlowReqBuilder().
		Namespace("demo__c").
		FlowId("two_step").
		Body(larkapaas.NewExecuteApplicationFlowReqBodyBuilder().
			Operator(`{"_id": 1001}`).
			IsAsync(false).
			Build()).
		Build())
	must(err)
	holds := resp.Success() && resp.Data != nil && resp.Data.Code != nil &&
		resp.Data.ExecutionId != nil && decimal.MatchString(*resp.Data.ExecutionId)
	s.needed(name, holds, resp.ApiResp)
	return *resp.Data.ExecutionId
}

func (s *story) queryPending(userID string) *larkapaas.QueryUserTaskResp {
	resp, err := s.managed.Apaas.V1.UserTask.Query(s.ctx, larkapaas.NewQueryUserTaskReqBuilder().
		Body(larkapaas.NewQueryUserTaskReqBodyBuilder().
			KunlunUserId(userID).
			Type("pending").
			Source("assignMe").
			Limit("50").
			Offset("0").
			Build()).
		Build())
	must(err)
	return resp
}

func taskOf(resp *larkapaas.QueryUserTaskResp, instanceID, previousTaskID string) string {
	if !resp.Success() || resp.Data == nil || resp.Data.Count == nil || !decimal.MatchString(*resp.Data.Count) {
		return ""
	}
	for _, task := range resp.Data.Tasks {
		if *task.WorkflowInstance.Id == instanceID && *task.TaskId != previousTaskID && decimal.MatchString(*task.TaskId) {
			return *task.TaskId
		}
	}
	return ""
}

func (s *story) waitForTask(name, userID, instanceID, previousTaskID string) string {
	deadline := time.Now().Add(10 * time.Second)
	for {
		resp := s.queryPending(userID)
		taskID := taskOf(resp, instanceID, previousTaskID)
		if taskID != "" || time.Now().After(deadline) {
			s.needed(name, taskID != "", resp.ApiResp)
			return taskID
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (s *story) agree(name, taskID, userID string) {
	resp, err := s.managed.Apaas.V1.ApprovalTask.Agree(s.ctx, larkapaas.NewAgreeApprovalTaskReqBuilder().
		ApprovalTaskId(taskID).
		Body(larkapaas.NewAgreeApprovalTaskReqBodyBuilder().
			UserId(userID).
			Opinion("同意").
			Build()).
		Build())
	must(err)
	s.check(name, resp.Success(), describe(resp.ApiResp))
}

func (s *story) rollbackPoints(financeTask, managerTask string) {
	resp, err := s.managed.Apaas.V1.UserTask.RollbackPoints(s.ctx, larkapaas.NewRollbackPointsUserTaskReqBuilder().
		TaskId(financeTask).
		Body(larkapaas.NewRollbackPointsUserTaskReqBodyBuilder().
			OperatorUserId(finance).
			Build()).
		Build())
	must(err)
	found := false
	if resp.Success() && resp.Data != nil {
		for _, point := range resp.Data.Tasks {
			found = found || (*point.Id == managerTask && point.IsStart != nil && !*point.IsStart)
		}
	}
	s.needed("rollback points", found, resp.ApiResp)
}

func rollbackRequest(taskID, toTaskID string) *larkapaas.RollbackUserTaskReq {
	return larkapaas.NewRollbackUserTaskReqBuilder().
		TaskId(taskID).
		Body(larkapaas.NewRollbackUserTaskReqBodyBuilder().
			OperatorUserId(finance).
			ToTaskId(toTaskID).
			Opinion(`退回原因`).
			Build()).
		Build()
}

func (s *story) rollback(client *lark.Client, req *larkapaas.RollbackUserTaskReq, options ...larkcore.RequestOptionFunc) *larkapaas.RollbackUserTaskResp {
	resp, err := client.Apaas.V1.UserTask.Rollback(s.ctx, req, options...)
	must(err)
	return resp
}

// A refusal is one check: status, code and log id together, so a failing line shows all of them.
func (s *story) refusal(name string, resp *larkapaas.RollbackUserTaskResp, code int, detailHolds func(*larkapaas.RollbackUserTaskResp) bool) {
	holds := resp.StatusCode == 400 &&
		resp.Code == code &&
		resp.Err != nil &&
		resp.Err.LogID != "" &&
		resp.Err.LogID == resp.RequestId() &&
		(detailHolds == nil || detailHolds(resp))
	s.check(name, holds, fmt.Sprintf("expected %d, %s", code, describe(resp.ApiResp)))
}

func (s *story) check(name string, holds bool, seen string) {
	if holds {
		fmt.Printf("ok - %s\n", name)
		return
	}
	s.failures++
	fmt.Printf("not ok - %s: saw %s\n", name, seen)
}

func (s *story) needed(name string, holds bool, seen *larkcore.ApiResp) {
	s.check(name, holds, describe(seen))
	if !holds {
		panic(storyStopped{name})
	}
}

func describe(resp *larkcore.ApiResp) string {
	return fmt.Sprintf("HTTP %d, log id header %s, %s", resp.StatusCode, resp.RequestId(), resp.RawBody)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
